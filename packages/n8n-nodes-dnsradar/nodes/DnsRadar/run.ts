/** Runs the chosen operation over the items, each item's outcome tied to where it came from. */
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow'
import { ApiError } from '../shared/client.ts'
import { nodeError } from '../shared/errors.ts'
import { asText } from '../shared/text.ts'
import { radarClient } from '../shared/transport.ts'
import type { Answer, BatchOperation, Call, ItemOperation } from './operation.ts'
import { findOperation } from './resources.ts'

export async function runOperation(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
  const items = context.getInputData()
  const output: INodeExecutionData[] = []
  let from = 0
  while (from < items.length) {
    // Resource and operation may be expressions: items of one kind in a row are handled together.
    const operation = operationAt(context, from)
    let to = from + 1
    while (to < items.length && operationAt(context, to) === operation) to += 1
    const indices = Array.from({ length: to - from }, (_, offset) => from + offset)
    const outcome = 'runAll' in operation ? runBatch(context, operation, indices) : runEach(context, operation, indices)
    output.push(...(await outcome))
    from = to
  }
  return output
}

function operationAt(context: IExecuteFunctions, index: number): ReturnType<typeof findOperation> {
  const resource = asText(context.getNodeParameter('resource', index))
  return findOperation(resource, asText(context.getNodeParameter('operation', index)))
}

async function runEach(context: IExecuteFunctions, operation: ItemOperation, indices: readonly number[]) {
  const output: INodeExecutionData[] = []
  for (const index of indices) {
    try {
      const answer = await operation.run({ context, client: await radarClient(context, { itemIndex: index }), index })
      output.push(...itemsOf(answer, index))
    } catch (error) {
      if (!context.continueOnFail()) throw nodeError(context.getNode(), error, index)
      output.push(failed(context, error, index))
    }
  }
  return output
}

async function runBatch(context: IExecuteFunctions, operation: BatchOperation, indices: readonly number[]) {
  try {
    const client = await radarClient(context, { itemIndex: indices[0] ?? 0 })
    const calls: Call[] = indices.map((index) => ({ context, client, index }))
    const results = await operation.runAll(calls, context.continueOnFail())
    return results.map((result) =>
      'json' in result ? asItem(result.json, result.index) : failed(context, result.error, result.index),
    )
  } catch (error) {
    if (!context.continueOnFail()) throw nodeError(context.getNode(), error)
    return indices.map((index) => failed(context, error, index))
  }
}

function itemsOf(answer: Answer, index: number): INodeExecutionData[] {
  return [answer].flat().map((one) => asItem(one, index))
}

function asItem(json: object, item: number): INodeExecutionData {
  return { json: { ...json } as IDataObject, pairedItem: { item } }
}

/** What comes out for an item when the workflow goes on: enough for a condition to tell failures apart. */
function failed(context: IExecuteFunctions, error: unknown, item: number): INodeExecutionData {
  const shown = nodeError(context.getNode(), error, item)
  const { message, description } = shown
  const httpCode = 'httpCode' in shown ? shown.httpCode : null
  const code = error instanceof ApiError ? error.code : null
  return { json: { error: message, description, httpCode, code } as IDataObject, pairedItem: { item } }
}
