/** Backtests: start one, watch it, and what came of one or of several beside each other. */
import "./backtests.css";
import { Route, Switch } from "wouter";
import { List } from "./list.tsx";
import { Result } from "./result.tsx";

export default function Backtests() {
  return (
    <Switch>
      <Route path="/backtests/:ids">{({ ids }) => <Result key={ids} ids={ids} />}</Route>
      <Route>
        <List />
      </Route>
    </Switch>
  );
}
