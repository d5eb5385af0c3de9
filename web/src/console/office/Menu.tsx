// The navigation on narrow screens.
import { Drawer } from 'antd';
import type { ReactNode } from 'react';

export default function Menu({ open, onClose, children }: { open: boolean; onClose: () => void; children: ReactNode }) {
  return (
    <Drawer open={open} placement="left" size={260} onClose={onClose} title="Ordo">
      {children}
    </Drawer>
  );
}
