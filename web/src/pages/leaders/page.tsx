/** Leaders: whose record proves something, and one of them in full. */
import "./leaders.css";
import { Route, Switch } from "wouter";
import { Correlations } from "./correlations.tsx";
import { RankingPanel } from "./ranking.tsx";
import { Trader } from "./trader.tsx";

export default function Leaders() {
  return (
    <Switch>
      <Route path="/leaders/:venue/:id">
        {({ venue, id }) => <Trader venue={decodeURIComponent(venue)} id={decodeURIComponent(id)} />}
      </Route>
      <Route>
        <RankingPanel />
        <Correlations />
      </Route>
    </Switch>
  );
}
