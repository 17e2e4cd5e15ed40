/** A fault in what one page shows takes that page, not the shell around it with the kill switch. */
import { Component, type ReactNode } from "react";
import { Notice } from "../components/notice.tsx";
import { strings } from "../strings.ts";

interface Props {
  readonly children: ReactNode;
  /** The address: at another one it is tried again. */
  readonly place: string;
}

interface Faulty {
  readonly error: Error | null;
}

const words = strings.navigation;
/** What browsers say of a chunk that an update took away. */
const NOT_LOADED = /dynamically imported module|module script failed|preload CSS/i;

export class FaultBoundary extends Component<Props, Faulty> {
  override state: Faulty = { error: null };

  static getDerivedStateFromError(error: unknown): Faulty {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidUpdate({ place }: Props): void {
    if (place !== this.props.place && this.state.error !== null) this.setState({ error: null });
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    const isOld = NOT_LOADED.test(error.message);
    return (
      <Notice tone="bad" title={isOld ? words.oldVersion : words.crashed}>
        {!isOld && <p>{words.crashedBody}</p>}
        {!isOld && <p className="mono small">{error.message}</p>}
        <div className="row">
          <button type="button" className="button" onClick={() => location.reload()}>
            {words.reload}
          </button>
        </div>
      </Notice>
    );
  }
}
