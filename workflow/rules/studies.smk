# Two rules for every registered kind of study: one computes a batch, one summarises all batches.
for kind, study in KINDS.items():

    rule:
        name:
            study.rule
        input:
            kernels=ancient(kernels_of),
        output:
            batch="results/{experiment}/{study}/batch-{batch}.nc",
        log:
            "results/{experiment}/logs/{study}/batch-{batch}.log",
        benchmark:
            "results/{experiment}/benchmarks/{study}/batch-{batch}.jsonl"
        wildcard_constraints:
            study=names_of(kind),
        priority: longest_first(batch_cost)
        conda:
            "../../envs/environment.yaml"
        threads: 1
        resources:
            mem_mb=memory(batch_cost),
            runtime=minutes(batch_cost),
        params:
            portable=SETTINGS.portable,
            code=compute_code,
        shell:
            "python -m ikmeanfield run $IKMEANFIELD_PLANS/{wildcards.experiment}.json "
            "{wildcards.study} --batch {wildcards.batch} --output {output.batch} 2> {log}"

    if study.summarises():

        rule:
            name:
                f"summarise_{kind}"
            input:
                plan="results/{experiment}/plan.json",
                batches=summarised,
            output:
                summary="results/{experiment}/{study}/summary.nc",
                tables=[
                    report(
                        f"results/{{experiment}}/{{study}}/{table}.csv",
                        caption="../report/table.rst",
                        category="Tables",
                        subcategory="{experiment}",
                        labels={"table": f"{{study}}: {table}"},
                    )
                    for table in study.tables
                ],
            log:
                "results/{experiment}/logs/{study}/summary.log",
            benchmark:
                "results/{experiment}/benchmarks/{study}/summary.jsonl"
            wildcard_constraints:
                study=names_of(kind),
            priority: longest_first(summary_cost)
            conda:
                "../../envs/environment.yaml"
            threads: 1
            resources:
                mem_mb=memory(summary_cost),
                runtime=minutes(summary_cost),
            params:
                determined=summary_keys,
                code=summary_code,
            shell:
                "python -m ikmeanfield summarise {input.plan} {wildcards.study} 2> {log}"
