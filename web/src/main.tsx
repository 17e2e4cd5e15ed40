/** The dashboard begins: who is signed in decides what is shown. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Problem } from "./api/problem.ts";
import { SessionGate } from "./session/session.tsx";
import { SetUp, useSetUpSecret } from "./session/set-up.tsx";
import { SignIn } from "./session/sign-in.tsx";
import { Shell } from "./shell/shell.tsx";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/components.css";
import "./styles/shell.css";

const RETRIES_MAX = 2;

const client = new QueryClient({
  defaultOptions: {
    // A device that takes itself to be offline is told that nothing answers. What was to wait would be sent when nobody expects it any more.
    mutations: { networkMode: "always" },
    queries: {
      networkMode: "always",
      // Numbers are asked for anew by polls and the stream; what is there is shown with its age meanwhile.
      staleTime: 1_000,
      // An answer is an answer: only where none came may another attempt help.
      retry: (count, error) =>
        count < RETRIES_MAX && error instanceof Problem && error.code === "no-connection",
    },
  },
});

function App() {
  const { secret, forget } = useSetUpSecret();
  // Another link begins anew.
  if (secret !== null) return <SetUp key={secret} secret={secret} onDone={forget} />;
  return (
    <SessionGate signIn={<SignIn />}>
      <Shell />
    </SessionGate>
  );
}

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);

if (import.meta.env.PROD && "serviceWorker" in navigator) {
  // Without it the page works all the same: it only opens slower, and not at all without a connection.
  navigator.serviceWorker.register("/service-worker.js").catch(() => undefined);
}
