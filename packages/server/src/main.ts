#!/usr/bin/env node
/** The process: arguments in, exit status out. */
import { runCli } from './cli/index.ts'

process.exitCode = await runCli(process.argv.slice(2))
