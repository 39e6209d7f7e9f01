/** Runs before every file of end-to-end tests: what the file starts on the way ends with it. */
import { afterAll } from 'vitest'
import { stopPostgres } from './postgres-of-file.ts'

afterAll(stopPostgres)
