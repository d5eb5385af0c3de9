// What other features may use of inventory.
export {};
