import { adoption } from "../support/adoption.ts";

adoption("2.15");
