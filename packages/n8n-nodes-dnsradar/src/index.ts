/** What the n8n nodes are made of so far: see the README. */
export { type Changes, CHANGES, subscriptionInput, type TriggerChoices } from './subscription.ts'
