# Two jobs that exceed what their first attempt may use and fit into their second one.
rule all:
    input:
        "hungry.txt",
        "late.txt",


# Fills 500 MiB. Snakemake itself, which runs twice within a job, needs a good 200.
rule hungry:
    output:
        "hungry.txt",
    threads: 1
    resources:
        mem_mb=lambda wildcards, attempt: 500 * (2 * attempt - 1),
        runtime=5,
    shell:
        "python -c 'print(len(bytes(range(256)) * 2048 * 1000))' > {output}"


# Takes longer than the shortest limit, a minute, at its first attempt, by so much that it is noticed:
# limits are checked every 30 s. Its second attempt shows that it may take four minutes, and ends.
rule late:
    output:
        "late.txt",
    threads: 1
    resources:
        mem_mb=500,
        runtime=lambda wildcards, attempt: 1 + 3 * (attempt - 1),
    shell:
        "sleep $(({resources.runtime} == 1 ? 100 : 0)); echo in time > {output}"
