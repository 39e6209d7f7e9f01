/**
 * Which commands a document's shell fences run, in the words that a shell makes of them: bash reads the fences, and
 * every program that they may name is a function that notes its arguments and does nothing.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Fence } from './documents.ts'

export interface ShellCommand {
  readonly program: string
  readonly args: readonly string[]
  /** Document and line of the fence that it stands in. */
  readonly place: string
}

/** Stands for a member of the last answer: what `jq -r .name` would have taken from it. */
export const MEMBER_OF_LAST_ANSWER = /\banswered\.(?<name>\w+)/

/** Behind the arguments of each command: no argument is this. */
const END = '\u0001'

/**
 * Of one document, in their order: what an earlier fence exports, a later one has.
 *
 * Throws bash's own words for a fault of syntax, for a variable that nothing sets, and for a program that is not among
 * `programs`: there is no PATH.
 */
export function commandsOf(
  fences: readonly Fence[],
  programs: readonly string[],
  env: Readonly<Record<string, string>>,
): readonly ShellCommand[] {
  const folder = mkdtempSync(join(tmpdir(), 'dnsradar-fences-'))
  try {
    const run = spawnSync('bash', ['-euo', 'pipefail', '-c', scriptOf(fences, programs)], {
      cwd: folder,
      env: { ...env, HOME: folder },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      encoding: 'utf8',
    })
    if (run.status !== 0) throw new Error(`${fences[0]?.document}: ${run.stderr || run.error?.message}`)
    return readNotes(run.output[3] ?? '')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** By itself, so that what is wrong in one fence is not mended by the next. Bash's words, or nothing. */
export function syntaxFaults(fence: Fence): string {
  return spawnSync('bash', ['-n', '-c', fence.code], { encoding: 'utf8' }).stderr
}

function scriptOf(fences: readonly Fence[], programs: readonly string[]): string {
  return [
    'PATH=',
    String.raw`note() { printf '%s\0' "$place" "$@" $'\x01' >&3; }`,
    ...programs.map((name) => `${name}() { note ${name} "$@"; }`),
    `jq() { printf 'answered%s' "\${@: -1}"; }`,
    ...fences.flatMap(({ document, line, code }) => [`place=${document}:${line}`, code, 'wait']),
  ].join('\n')
}

function readNotes(notes: string): readonly ShellCommand[] {
  return notes
    .split(`${END}\0`)
    .slice(0, -1)
    .map((note) => {
      const [place = '', program = '', ...args] = note.split('\0').slice(0, -1)
      return { place, program, args }
    })
}
