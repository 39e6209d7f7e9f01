/** `organizations create|list|set-plan`: JSON on stdout. */
import { randomBytes } from 'node:crypto'
import { notFound, parseId, RadarError, type Store } from '@dnsradar/core'
import { DEFAULT_PLAN, PLAN_NAMES, type PlanName } from '../actions/plans.ts'
import { readConfig } from '../config.ts'
import { openForCommand } from '../database.ts'
import { generateApiKey, newApiKey } from '../keys.ts'
import { presentOrganizationAlone } from '../present/organization.ts'
import { MAX_LABEL } from '../schemas/accounts.ts'
import { auditedAs } from './audit.ts'
import type { BatchContext } from './context.ts'
import { everyItem } from './every-item.ts'
import { printJson } from './output.ts'

/** With a first key of scope admin, which is shown only now. */
export async function createOrganization(
  { output, env }: BatchContext,
  asked: { name: string; plan?: string },
): Promise<number> {
  const name = readName(asked.name)
  const plan = readPlan(asked.plan ?? readConfig(env).config.plan ?? DEFAULT_PLAN)
  await using store = await openForCommand(env)
  const clear = generateApiKey(randomBytes)
  const organization = await store.transaction(async (records) => {
    const made = await records.accounts.createOrganization({ name, plan })
    await records.accounts.createKey(made.id, newApiKey(clear, 'admin', ['admin']))
    await auditedAs(records, made.id, 'organization.create', made.id, { name, plan })
    return made
  })
  const { uuid } = presentOrganizationAlone(organization)
  printJson(output, { uuid, name: organization.name, plan: organization.plan, key: clear })
  return 0
}

export async function listOrganizations({ output, env }: BatchContext): Promise<number> {
  await using store = await openForCommand(env)
  const all = await everyItem((page) => store.accounts.listOrganizations(page))
  printJson(output, all.map(presentOrganizationAlone))
  return 0
}

export async function setPlan({ output, env }: BatchContext, asked: { id: string; plan: string }): Promise<number> {
  const plan = readPlan(asked.plan)
  await using store = await openForCommand(env)
  printJson(output, presentOrganizationAlone(await changePlan(store, asked.id, plan)))
  return 0
}

function changePlan(store: Store, given: string, plan: PlanName) {
  const id = parseId('org', given)
  if (id === null) throw notFound('organization', given)
  return store.transaction(async (records) => {
    const changed = await records.accounts.updateOrganization(id, { plan })
    if (changed === null) throw notFound('organization', given)
    await auditedAs(records, id, 'organization.set_plan', id, { plan })
    return changed
  })
}

function readName(given: string): string {
  if (given.length >= 1 && given.length <= MAX_LABEL) return given
  throw new RadarError('invalid_field', `--name has ${given.length} characters; give 1 to ${MAX_LABEL}.`)
}

function readPlan(given: string): PlanName {
  const plan = PLAN_NAMES.find((known) => known === given)
  if (plan !== undefined) return plan
  throw new RadarError('invalid_field', `${JSON.stringify(given)} is no plan; use one of ${PLAN_NAMES.join(', ')}.`)
}
