// What other features may use of today.
export {};
