/** What another process has used so far, where the system has a `/proc`; NaN elsewhere. */
import { readFileSync } from 'node:fs'

/** Of a processor, user and system. */
const TICKS_PER_SECOND = 100

export function cpuSeconds(pid: number): number {
  const fields = read(`/proc/${pid}/stat`)?.split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/** Resident now, in megabytes of 10^6. */
export function residentMegabytes(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1]
  return (Number(kibibytes) * 1024) / 1e6
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return null
  }
}
