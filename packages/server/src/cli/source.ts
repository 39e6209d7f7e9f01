/** Files that a command reads, and what it says of one that it cannot take. */
import { readFile } from 'node:fs/promises'
import { type Fault, faultLine } from '../source/place.ts'
import type { Context } from './context.ts'
import { EXIT, usage } from './failure.ts'
import { type Output, shown } from './output.ts'

/** No zone or configuration that a person keeps is as large; whoever sends more has named the wrong file. */
const MOST_BYTES = 64 * 1024 * 1024

/** `-` is what comes through a pipe. */
export async function readSource({ input }: Pick<Context, 'input'>, file: string): Promise<string> {
  const bytes = file === '-' ? await readStream(input) : await readFile(file)
  if (bytes.length > MOST_BYTES) throw usage(`${shown(file)} is larger than 64 MB; split it.`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw usage(`${shown(file)} is not UTF-8 text; convert it first, for example with iconv -t UTF-8.`)
  }
}

async function readStream(input: NodeJS.ReadableStream): Promise<Buffer> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of input) {
    const bytes = Buffer.from(piece as Uint8Array | string)
    pieces.push(bytes)
    length += bytes.length
    if (length > MOST_BYTES) break
  }
  return Buffer.concat(pieces)
}

/** Nobody reads more of them at once. */
const MOST_FAULTS = 50

/** One line for each fault, and what was not done because of them. */
export function refuseSource({ err }: Output, file: string, faults: readonly Fault[], outcome: string): number {
  for (const fault of faults.slice(0, MOST_FAULTS)) err(shown(faultLine(file, fault)))
  const more = faults.length > MOST_FAULTS ? ` (${faults.length - MOST_FAULTS} more are not shown)` : ''
  err(`${faults.length === 1 ? 'One fault' : `${faults.length} faults`}${more}: ${outcome}`)
  return EXIT.usage
}
