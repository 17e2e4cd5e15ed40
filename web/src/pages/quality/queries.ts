/** What is asked about the quality of copies. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import type { AttributionReport } from "../../api/types.ts";

export interface AttributionFilter {
  readonly follower?: string;
  readonly leader?: string;
  /** Days in UTC, the last included; "" for all that the journal has. */
  readonly from?: string;
  readonly to?: string;
}

/** `isReady`: whether it is known whom to ask about. */
export function useAttribution(filter: AttributionFilter, isReady: boolean) {
  return useQuery({
    queryKey: ["attribution", filter],
    queryFn: ({ signal }) => call<AttributionReport>("/attribution", { query: { ...filter }, signal }),
    enabled: isReady,
    placeholderData: keepPreviousData,
    // It reads the whole journal: on asking, not by itself.
    staleTime: Number.POSITIVE_INFINITY,
  });
}
