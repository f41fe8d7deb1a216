// SPDX-License-Identifier: MIT
// kubernetes_job.mjs FILE: the job of a YAML file as JSON, if it holds against the types of Kubernetes.
import { readFileSync } from "node:fs";
import { Job } from "kubernetes-models/batch/v1/Job";
import { parse } from "yaml";

const job = parse(readFileSync(process.argv[2], "utf8"));
new Job(job).validate();
console.log(JSON.stringify(job));
