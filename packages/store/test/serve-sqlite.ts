/** A process that serves the SQLite file it is given until it is killed: the first server in the tests of the lock. */
import { openStore } from '../src/index.ts'
import { createTestClock, testOptions } from './fixtures.ts'

await openStore(`sqlite:${process.argv[2]}`, testOptions(createTestClock()))
process.stdout.write('serving\n')
process.stdin.resume()
