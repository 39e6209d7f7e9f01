/** **The table** of commands, in the order of `--help`: a new one is a file beside this one and its row here. */
import type { AddCommands } from './cli.ts'
import { addCare } from './care.ts'
import { addCheck } from './check.ts'
import { addCompletion } from './completion.ts'
import { addApply, addExport, addPlan } from './configuration.ts'
import { addImport } from './import.ts'
import { addDemo } from './demo.ts'
import { addKeygen } from './keygen.ts'
import { addKeys } from './keys.ts'
import { addListen, addTail } from './live.ts'
import { addLookup, addWatch } from './look.ts'
import { addOperator } from './operator.ts'
import { addOrganizations } from './organizations.ts'
import { addAccount, addRecords, addTold } from './resources.ts'
import { addServe } from './serve.ts'

interface CommandGroup {
  readonly heading: string
  readonly commands: readonly AddCommands[]
}

export const COMMAND_GROUPS: readonly CommandGroup[] = [
  { heading: 'Look, without a server:', commands: [addCheck, addLookup] },
  {
    heading: 'What is watched (on the server of DNSRADAR_URL):',
    commands: [addWatch, addImport, ...addRecords, addTail],
  },
  { heading: 'Who is told:', commands: [...addTold, addListen] },
  { heading: 'Your account:', commands: addAccount },
  { heading: 'Configuration as code:', commands: [addPlan, addApply, addExport] },
  {
    heading: 'Run a server:',
    commands: [addDemo, addServe, addKeys, addOrganizations, addKeygen, addCare, addOperator],
  },
  { heading: 'Your shell:', commands: [addCompletion] },
]
