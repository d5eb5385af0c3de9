-- Services no longer count where the goods of an order are, and an order has left when its last unit of goods has.

UPDATE orders SET fulfillment_status = 'shipped' WHERE fulfillment_status = 'partially_delivered'
  AND EXISTS (SELECT 1 FROM order_line l WHERE l.bucket = orders.bucket AND l.order_id = orders.id AND l.stocked = 1
    AND l.at_shipped > 0)
  AND NOT EXISTS (SELECT 1 FROM order_line l WHERE l.bucket = orders.bucket AND l.order_id = orders.id AND l.stocked = 1
    AND (l.at_delivered > 0 OR l.at_shipped + l.at_cancelled < l.quantity));

UPDATE orders SET fulfillment_status = 'delivered' WHERE fulfillment_status = 'partially_delivered'
  AND EXISTS (SELECT 1 FROM order_line l WHERE l.bucket = orders.bucket AND l.order_id = orders.id AND l.stocked = 1
    AND l.at_delivered > 0)
  AND NOT EXISTS (SELECT 1 FROM order_line l WHERE l.bucket = orders.bucket AND l.order_id = orders.id AND l.stocked = 1
    AND l.at_delivered + l.at_cancelled < l.quantity);

UPDATE orders SET fulfillment_status = 'backordered' WHERE fulfillment_status = 'partially_allocated'
  AND EXISTS (SELECT 1 FROM order_line l WHERE l.bucket = orders.bucket AND l.order_id = orders.id AND l.stocked = 1
    AND l.at_backordered > 0)
  AND NOT EXISTS (SELECT 1 FROM order_line l WHERE l.bucket = orders.bucket AND l.order_id = orders.id AND l.stocked = 1
    AND l.at_allocated > 0);

UPDATE orders SET fulfillment_status = 'unallocated' WHERE fulfillment_status = 'partially_allocated'
  AND EXISTS (SELECT 1 FROM order_line l WHERE l.bucket = orders.bucket AND l.order_id = orders.id AND l.stocked = 1
    AND l.at_unallocated > 0)
  AND NOT EXISTS (SELECT 1 FROM order_line l WHERE l.bucket = orders.bucket AND l.order_id = orders.id AND l.stocked = 1
    AND l.at_allocated > 0);

UPDATE orders SET shipped_at = coalesce((SELECT max(f.shipped_at) FROM fulfillment f WHERE f.bucket = orders.bucket
    AND f.order_id = orders.id), updated_at)
  WHERE shipped_at IS NULL AND state <> 'draft'
  AND EXISTS (SELECT 1 FROM order_line l WHERE l.bucket = orders.bucket AND l.order_id = orders.id AND l.at_shipped > 0)
  AND NOT EXISTS (SELECT 1 FROM order_line l WHERE l.bucket = orders.bucket AND l.order_id = orders.id
    AND l.stocked = 1 AND l.at_shipped + l.at_cancelled < l.quantity);
