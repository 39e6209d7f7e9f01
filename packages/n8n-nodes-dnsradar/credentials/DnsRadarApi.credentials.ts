/** Where a DNSRadar server is and the key that opens it. The HTTP Request node can use the same credential. */
import type { IAuthenticateGeneric, Icon, ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow'

export class DnsRadarApi implements ICredentialType {
  name = 'dnsRadarApi'

  displayName = 'DNSRadar API'

  icon: Icon = { light: 'file:../icons/dnsradar.svg', dark: 'file:../icons/dnsradar.dark.svg' }

  documentationUrl = 'https://www.npmjs.com/package/n8n-nodes-dnsradar#credentials'

  properties: INodeProperties[] = [
    {
      displayName: 'API Key',
      name: 'apiKey',
      type: 'string',
      typeOptions: { password: true },
      required: true,
      default: '',
      description:
        'Needs the write scope for the trigger and for every action that changes something; read is enough for the rest',
    },
    {
      displayName: 'Base URL',
      name: 'baseUrl',
      type: 'string',
      required: true,
      default: 'http://127.0.0.1:8053',
      placeholder: 'e.g. https://radar.example.com',
      description: 'Address of the DNSRadar server as n8n reaches it, with the path when a proxy puts it under one',
    },
  ]

  authenticate: IAuthenticateGeneric = {
    type: 'generic',
    properties: { headers: { 'X-API-Key': '={{$credentials.apiKey.trim()}}' } },
  }

  test: ICredentialTestRequest = {
    request: { baseURL: '={{$credentials.baseUrl.trim().replace(/\\/+$/, "")}}', url: '/me' },
  }
}
