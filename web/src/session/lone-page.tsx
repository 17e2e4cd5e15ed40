/** A page without navigation: nobody is signed in yet. */
import type { ReactNode } from "react";
import { strings } from "../strings.ts";

export function LonePage({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <main className="lone">
      <div className="brand">
        <img src="/icon.svg" alt="" />
        {strings.product}
      </div>
      <h1>{title}</h1>
      {children}
    </main>
  );
}
