// What other features may use of catalog.
export { productKinds } from './api';
