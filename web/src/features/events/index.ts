// What other features may use of events.
export {};
