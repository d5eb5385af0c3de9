// What other features may use of fulfillment.
export { DueTag } from './words';
export { ParcelNumber } from './ParcelNumber';
