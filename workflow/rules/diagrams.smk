# Equilibria and cycles of mean fields in one parameter, and the tables of an experiment.
rule follow_diagrams:
    input:
        kernels=ancient(f"{KERNELS['meanfield']}/meanfield.txt"),
    output:
        batch="results/{experiment}/diagrams/batch-{batch}.nc",
    log:
        "results/{experiment}/logs/diagrams/batch-{batch}.log",
    benchmark:
        "results/{experiment}/benchmarks/diagrams/batch-{batch}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(work.diagrams),
        runtime=minutes(work.diagrams),
    params:
        diagrams=diagram_keys,
        portable=SETTINGS.portable,
        code=CODE["diagrams"],
    shell:
        "NUMBA_CACHE_DIR=$(dirname {input.kernels}) "
        "python -m ikmeanfield diagrams $IKMEANFIELD_PLANS/{wildcards.experiment}.json "
        "--batch {wildcards.batch} "
        "--output {output.batch} 2> {log}"


rule tabulate:
    input:
        plan="results/{experiment}/plan.json",
        parts=tabulated,
    output:
        table="results/{experiment}/{table}.csv",
    log:
        "results/{experiment}/logs/{table}.log",
    benchmark:
        "results/{experiment}/benchmarks/{table}.jsonl"
    localrule: RUNS <= work.LIGHT_RUNS
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(work.table),
        runtime=minutes(work.table),
    params:
        code=CODE["tabulate"],
    shell:
        "python -m ikmeanfield tabulate {input.plan} {wildcards.table} 2> {log}"
