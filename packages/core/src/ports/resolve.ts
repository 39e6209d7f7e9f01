import type { Answer, Question } from '../dns/answer.ts'

export interface LookOptions {
  /** Whole budget of this look in milliseconds, all tries and servers included. */
  readonly budgetMs: number
  /** Which upstream to begin with: the second look of a confirmation begins with another one. */
  readonly startAt?: number
  /** A forced check never uses an answer that another question is waiting for or got a moment ago. */
  readonly fresh?: boolean
  readonly signal?: AbortSignal
}

/** Asks the DNS. Never rejects: everything that can go wrong is an `Answer`. */
export interface Resolver extends AsyncDisposable {
  look(question: Question, options: LookOptions): Promise<Answer>
  /** Every upstream's own answer, in the order of `servers`; nothing shared, nothing passed over. */
  lookEverywhere(question: Question, options: { readonly budgetMs: number }): Promise<readonly Answer[]>
  /** Upstreams in use, as people write them. */
  readonly servers: readonly string[]
}
