/** Who is asked about a name: the resolvers that answer for all zones, and the servers of one. */
import type { Answer, Question } from '../dns/answer.ts'

export interface LookOptions {
  /** Whole budget of this look in milliseconds, all tries and servers included. */
  readonly budgetMs: number
  /** Which upstream to begin with: the second look of a confirmation begins with another one. */
  readonly startAt?: number
  /** A forced check never uses an answer that another question is waiting for or got a moment ago. */
  readonly fresh?: boolean
  readonly signal?: AbortSignal
  /** Called with what each server said that was asked for this look; an answer shared with another look is not news. */
  readonly heard?: (answer: Answer) => void
}

/** Asks the DNS. Never rejects: everything that can go wrong is an `Answer`. */
export interface Resolver extends AsyncDisposable {
  look(question: Question, options: LookOptions): Promise<Answer>
  /** Every upstream's own answer, in the order of `servers`; nothing shared, nothing passed over. */
  lookEverywhere(question: Question, options: { readonly budgetMs: number }): Promise<readonly Answer[]>
  /** Upstreams in use, as people write them. */
  readonly servers: readonly string[]
}

/** Asks the servers of a zone itself, past every cache. Never rejects. */
export interface Authority {
  /**
   * Each server's own answer, their order meaning nothing; empty when none is known, none may be asked, or `signal`
   * aborted. Takes at most `budgetMs` in all. An alias that leads out of the zone is followed to where it leads.
   */
  ask(
    question: Question,
    options: { readonly budgetMs: number; readonly signal?: AbortSignal },
  ): Promise<readonly Answer[]>
}
