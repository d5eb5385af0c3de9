// What other features may use of events.
export { fieldWord, topicWord, valueWord } from './words';
export { topics } from './topics';
export { Attempts, OutsideState, outsideStates, outsideWhy, useLooking, type OutsideJob } from './attempts';
