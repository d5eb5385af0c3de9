// What other features may use of identity.
export {};
