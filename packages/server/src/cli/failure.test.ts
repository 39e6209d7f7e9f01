import { ApiError, type ProblemCode } from '@dnsradar/client'
import { RadarError } from '@dnsradar/core'
import { StoreRefused } from '@dnsradar/store'
import { describe, expect, test } from 'vitest'
import { ConfigError } from '../config.ts'
import { StartError } from '../start-error.ts'
import { CommandFailed, EXIT, explain } from './failure.ts'

function refusal(status: number, code: ProblemCode, message: string, fields?: Record<string, string>): ApiError {
  return new ApiError(message, { status, code, ...(fields === undefined ? {} : { fields }) })
}

describe('each class of failure has its exit status and one line', () => {
  test.for([
    { error: refusal(400, 'invalid_field', 'No.'), status: EXIT.usage },
    { error: refusal(401, 'unknown_key', 'No.'), status: EXIT.key },
    { error: refusal(402, 'plan_monitors', 'No.'), status: EXIT.plan },
    { error: refusal(403, 'missing_scope', 'No.'), status: EXIT.key },
    { error: refusal(404, 'not_found', 'No.'), status: EXIT.missing },
    { error: refusal(409, 'conflict', 'No.'), status: EXIT.conflict },
    { error: refusal(413, 'body_too_large', 'No.'), status: EXIT.usage },
    { error: refusal(422, 'idempotency_mismatch', 'No.'), status: EXIT.usage },
    { error: refusal(429, 'rate_limited', 'No.'), status: EXIT.limited },
    { error: refusal(500, 'internal', 'No.'), status: EXIT.unreachable },
    { error: refusal(503, 'not_ready', 'No.'), status: EXIT.unreachable },
    { error: new ApiError('No.', { status: 200, code: 'unexpected_response' }), status: EXIT.unreachable },
    { error: new CommandFailed(EXIT.no, 'No.'), status: EXIT.no },
    { error: new RadarError('invalid_field', 'No.'), status: EXIT.usage },
    { error: new StartError('No.'), status: EXIT.usage },
    { error: new StoreRefused('corrupt', 'No.'), status: EXIT.usage },
    { error: new DOMException('No.', 'AbortError'), status: EXIT.interrupted },
  ])('$error.name $error.status $error.code: $status', ({ error, status }) => {
    const explained = explain(error)
    expect(explained.status).toBe(status)
    expect(explained.lines).toHaveLength(1)
  })

  test('all mistakes in settings are told together', () => {
    const problems = ['PORT "x" is not accepted.', 'DNSRADAR_PLAN "y" is not accepted.']
    expect(explain(new ConfigError(problems))).toEqual({ lines: problems, status: EXIT.usage })
  })

  test('a file that is not there is named', () => {
    const error = Object.assign(new Error("ENOENT: no such file or directory, open 'a.yaml'"), { code: 'ENOENT' })
    expect(explain(error)).toEqual({ lines: [error.message], status: EXIT.usage })
  })

  test('what nobody can put right shows where it happened', () => {
    const { lines, status } = explain(new TypeError('x is not a function'))
    expect(status).toBe(EXIT.broken)
    expect(lines.join('\n')).toContain('failure.test.ts')
  })
})

test('a message names the fields that it does not speak of, on one line, with nothing that a terminal obeys', () => {
  const error = refusal(400, 'invalid_field', 'Two fields are\nnot accepted.', {
    frequency: 'use one of 5, 10',
    'metadata.a': 'is too \u001b[2Jlong',
  })
  expect(explain(error).lines).toEqual([
    'Two fields are not accepted. frequency: use one of 5, 10; metadata.a: is too \\u001b[2Jlong.',
  ])
})
