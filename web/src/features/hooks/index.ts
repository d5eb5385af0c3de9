// What other features may use of hooks.
export {};
