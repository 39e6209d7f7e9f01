/** What the Zapier app is made of so far: see the README. */
export { changeFromDelivery, changeFromEvent, type ChangeItem, SAMPLE_CHANGE } from './change.ts'
