/** Everything the API can do, as actions of a workflow or as a tool of an agent. */
import {
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
  NodeConnectionTypes,
} from 'n8n-workflow'
import { searchGroups, searchMonitors, searchWebhooks } from '../shared/searches.ts'
import { runOperation } from './run.ts'
import { ACTION_PROPERTIES } from './resources.ts'

export class DnsRadar implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'DNSRadar',
    name: 'dnsRadar',
    icon: { light: 'file:../../icons/dnsradar.svg', dark: 'file:../../icons/dnsradar.dark.svg' },
    group: ['transform'],
    version: [1],
    subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
    description: 'Watch DNS records: create monitors, check them now, read what happened, look names up',
    defaults: { name: 'DNSRadar' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'dnsRadarApi', required: true }],
    properties: ACTION_PROPERTIES,
  }

  methods = {
    listSearch: { searchGroups, searchMonitors, searchWebhooks },
  }

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return [await runOperation(this)]
  }
}
