// What other features may use of channels.
export {};
