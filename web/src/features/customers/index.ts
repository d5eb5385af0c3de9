// What other features may use of customers.
export {};
