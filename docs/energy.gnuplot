# docs/energy.png, from energy/axes.csv
set terminal pngcairo size 1150,760 font "sans,10" noenhanced
set output "energy.png"
set datafile separator ","
set multiplot layout 2,3
set grid
set format x "%g"
set ytics nomirror
set y2tics
set ylabel "J to 83 % x 10, uJ a training sample"
set y2label "best test accuracy, %"
set y2range [60:90]
set yrange [0:*]
axis(name) = "< (grep '^".name.",' energy/axes.csv; grep '^default,' energy/axes.csv | sed 's/^default,0/".name.",".default(name)."/') | sort -t, -g -k2"
default(name) = name eq "tau_s" ? "1.2e-7" : name eq "read_v" ? "0.4" : name eq "conductance" ? "1" : name eq "bits" ? "8" : name eq "beta" ? "0.01" : "2e8"
set key bottom right
do for [name in "tau_s read_v conductance bits beta gbw_hz"] {
  set title name
  if (name eq "bits") { unset logscale x } else { set logscale x }
  plot axis(name) using 2:(10 * $6) with linespoints pt 5 lc rgb "#1f5fa8" title "to 83 %, x 10", \
       axis(name) using 2:(1e6 * $5) with linespoints pt 7 lc rgb "#c4501b" title "training sample", \
       axis(name) using 2:(100 * $3) axes x1y2 with linespoints pt 6 dt 2 lc rgb "#555555" title "accuracy"
}
