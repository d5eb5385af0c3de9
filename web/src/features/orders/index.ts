// What other features may use of orders.
export {};
