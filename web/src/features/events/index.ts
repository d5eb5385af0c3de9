// What other features may use of events.
export { fieldWord, topicWord, valueWord } from './words';
