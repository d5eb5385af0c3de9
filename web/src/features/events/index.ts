// What other features may use of events.
export { fieldWord, topicWord, valueWord } from './words';
export { topics } from './topics';
export { JobTabs } from './Tabs';
