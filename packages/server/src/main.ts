#!/usr/bin/env node
/** The process: arguments in, exit status out. */
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * Types are stripped and code compiled once per change and not at every start: `--help` takes a third of the time, a
 * server's start half. Beside the installed packages, so that only who may change the code may change what is kept of it;
 * where that folder cannot be written, nothing is kept.
 */
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)))

const { runProcess } = await import('./cli/index.ts')
process.exitCode = await runProcess()
