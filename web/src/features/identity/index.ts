// What other features may use of identity.
export { Secret } from './users/Secret';
