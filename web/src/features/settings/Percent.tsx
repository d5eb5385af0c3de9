import { Input } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { fractionOf, percentOf } from './decimal';

/** A fraction of the API, typed as a percentage. */
export function PercentInput({ value, onChange, id }: { value?: string | null; onChange?: (fraction: string | undefined) => void; id?: string }) {
  const [text, setText] = useState(percentOf(value));
  const own = useRef(value);
  useEffect(() => {
    if (value !== own.current) setText(percentOf((own.current = value)));
  }, [value]);
  return (
    <Input
      {...(id ? { id } : {})}
      inputMode="decimal"
      style={{ width: 140 }}
      suffix={<span className="muted">%</span>}
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        own.current = fractionOf(event.target.value);
        onChange?.(own.current ?? undefined);
      }}
    />
  );
}
