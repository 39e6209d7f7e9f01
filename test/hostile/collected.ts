/**
 * Loaded into the process that is attacked: collects its garbage when asked by SIGUSR2, and says what is left. Without
 * that, memory is what the collector has not got round to.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

process.on('SIGUSR2', () => {
  collect()
  const { heapUsed, external } = process.memoryUsage()
  process.stderr.write(`left after collection: ${heapUsed + external}\n`)
})
