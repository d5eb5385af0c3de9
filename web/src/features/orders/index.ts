// What other features may use of orders.
export { PromiseTag, customerName, orderTitle } from './words';
export { LineBar } from './detail/LineBar';
