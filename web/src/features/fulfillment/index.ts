// What other features may use of fulfillment.
export { DueTag } from './words';
