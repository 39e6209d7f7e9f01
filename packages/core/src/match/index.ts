/** Matching: does an RRset say what a monitor expects? */
export {
  compileExpectation,
  type Expectation,
  type ExpectationInput,
  MAX_EXPECTED_LENGTH,
  MAX_EXPECTED_VALUES,
  newExpectation,
} from './expectation.ts'
