// What other features may use of carriers.
export {};
