/** Times a piece of work and lets an OpenTelemetry SDK see it, when the operator has loaded one; else spans are nothing. */
import { ProxyTracerProvider, SpanStatusCode, trace } from '@opentelemetry/api'

const tracer = trace.getTracer('dnsradar')

/** An SDK is there before this module is: it comes by `node --import`. Spans that nobody sees cost microseconds a check. */
const provider = trace.getTracerProvider()
const isTraced = !(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer('dnsradar') !== undefined

/** What stands for the result of work that threw. */
export const FAILED = Symbol('failed')

export type Told<T> = (seconds: number, result: T | typeof FAILED) => void

/** Attributes never hold secrets, bodies or urls with credentials: traces leave the machine. */
export async function observe<T>(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  work: () => Promise<T>,
  told: Told<T>,
): Promise<T> {
  if (!isTraced) return time(work, told)
  return tracer.startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await time(work, told)
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR })
      throw error
    } finally {
      span.end()
    }
  })
}

async function time<T>(work: () => Promise<T>, told: Told<T>): Promise<T> {
  const started = performance.now()
  try {
    const result = await work()
    told((performance.now() - started) / 1000, result)
    return result
  } catch (error) {
    told((performance.now() - started) / 1000, FAILED)
    throw error
  }
}
