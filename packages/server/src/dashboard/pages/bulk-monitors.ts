/** One thing done with several monitors: one call of the API for each, so that one refusal does not keep the others. */
import { ApiError, type Client } from '@dnsradar/client'
import { html } from '../html.ts'
import { type Asked, goTo, isNobodysId, type Outcome, type PageRow, show, type Shown } from '../page.ts'
import { count } from '../parts/words.ts'

export const bulkMonitorPages: readonly PageRow[] = [
  { method: 'POST', path: '/monitors/bulk', needs: 'write', handler: actOnMany },
]

interface Action {
  readonly done: string
  readonly run: (api: Client, id: string, to: string) => Promise<unknown>
}

/** **The table** of what can be done with several. */
const ACTIONS: Readonly<Record<string, Action>> = {
  check: { done: 'checked', run: (api, id) => api.checkMonitor(id) },
  enable: { done: 'enabled', run: (api, id) => api.enableMonitor(id) },
  disable: { done: 'disabled', run: (api, id) => api.disableMonitor(id) },
  move: { done: 'moved', run: (api, id, to) => api.updateMonitor(id, { group: to }) },
  delete: { done: 'deleted', run: (api, id) => api.deleteMonitor(id) },
}

/** A check waits for the DNS; one after the other, a page of dead names would take minutes. */
const AT_ONCE = 20

async function actOnMany(asked: Asked): Promise<Outcome> {
  const { api, form } = asked
  const ids = [...new Set(form.all('id').filter((id) => !isNobodysId(id)))]
  const back = form.text('back')
  const wanted = form.text('do')
  const action = Object.hasOwn(ACTIONS, wanted) ? ACTIONS[wanted] : undefined
  if (action === undefined || ids.length === 0) return goTo(back, 'Nothing was done: tick some monitors first.')
  if (wanted === 'move' && form.text('to') === '')
    return goTo(back, 'Nothing was done: type the group to move them to.')
  if (wanted === 'delete' && !form.isOn('sure')) return askFirst(ids, back)
  const problems = await runAll(ids, (id) => action.run(api, id, form.text('to')))
  return goTo(back, summary(ids.length, action, problems))
}

async function runAll(ids: readonly string[], run: (id: string) => Promise<unknown>): Promise<readonly ApiError[]> {
  const waiting = [...ids]
  const problems: ApiError[] = []
  const work = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      try {
        await run(id)
      } catch (error) {
        if (!isOfThisOne(error)) throw error
        problems.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return problems
}

/** Deleted meanwhile, say: the others are done all the same. A key that may not is told so at once. */
function isOfThisOne(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status < 500 && error.status !== 401 && error.status !== 403
}

function summary(all: number, { done }: Action, problems: readonly ApiError[]): string {
  const [first] = problems
  const said = `${count(all - problems.length, 'monitor')} ${done}.`
  return first === undefined ? said : `${said} ${count(problems.length, 'was', 'were')} refused: ${first.message}`
}

function askFirst(ids: readonly string[], back: string): Shown {
  return show(
    'Delete monitors',
    html`<div class="narrow"><h1>Delete ${count(ids.length, 'monitor')}?</h1>
<p>They are no longer checked. Their events stay in the history until they are too old.</p>
<form method="post" action="/app/monitors/bulk">
${ids.map((id) => html`<input type="hidden" name="id" value="${id}">`)}
<input type="hidden" name="back" value="${back}"><input type="hidden" name="sure" value="true">
<p class="actions"><button class="danger" name="do" value="delete">Delete them</button> <a href="${back}">Keep them</a></p>
</form></div>`,
  )
}
