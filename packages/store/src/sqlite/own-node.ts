/** The one process that serves an SQLite file: it knows that it lives, so no row has to say so every few seconds. */
import type { Node, NodeId, Nodes } from '@dnsradar/core'

export function ownNode(now: () => number): Nodes {
  const present = new Map<NodeId, Node>()
  return {
    async beat(card) {
      present.set(card.id, { ...card, heartbeat: now() })
    },

    async leave(id) {
      present.delete(id)
    },

    async list({ way, after, before }) {
      const follows = (id: string, cursor: string): boolean => (way === 'asc' ? id > cursor : id < cursor)
      const items = [...present.values()].filter(
        ({ id }) => (after === null || follows(id, after)) && (before === null || follows(before, id)),
      )
      return { items, hasNext: false, hasPrevious: false }
    },
  }
}
