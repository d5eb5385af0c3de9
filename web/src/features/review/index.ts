// What other features may use of review.
export { useHoldReason } from './reason';
